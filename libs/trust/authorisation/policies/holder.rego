# May this professional read this category at this data holder? Asked by the holder, before consent is asked.
package samenhang.holder

import rego.v1

import data.samenhang.requester
import data.samenhang.roles

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "allowed", "description": description}]} if {
	count(denials) == 0
	row := roles.row(input.subject.user_role)
	requester.may_see(input.context.data_category)
	description := sprintf("%s may see %s for %s (%s)", [
		row.title,
		input.context.data_category,
		input.subject.purpose_of_use,
		concat(", ", row.sources),
	])
}

denials contains reason if some reason in requester.denials

denials contains {"code": "scope_missing", "description": "The token does not carry the scope holder:read"} if {
	not "holder:read" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "A data holder is read and searched, nothing else"} if {
	not object.get(input.request, "interaction", "") in {"read", "search-type"}
}

denials contains {"code": "holder_unknown", "description": "The data holder is not known"} if {
	not requester.is_ura(object.get(input.context, "data_holder_organization_id", ""))
}

denials contains {"code": "category_unknown", "description": "No category of data is named"} if {
	object.get(input.context, "data_category", "") == ""
}

denials contains {"code": "category_not_allowed", "description": "This role may not see this category of data"} if {
	category := object.get(input.context, "data_category", "")
	category != ""
	requester.is_known
	not requester.may_see(category)
}
