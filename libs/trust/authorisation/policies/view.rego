# May this professional ask for the view of a patient; and, when a category is named, see that category in it?
package samenhang.view

import rego.v1

import data.samenhang.requester
import data.samenhang.roles

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "allowed", "description": description}]} if {
	count(denials) == 0
	row := roles.row(input.subject.user_role)
	description := sprintf("%s may ask for the view of a patient for %s", [row.title, input.subject.purpose_of_use])
}

denials contains reason if some reason in requester.denials

denials contains {"code": "scope_missing", "description": "The token does not carry the scope view:read"} if {
	not "view:read" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "A view is asked for, nothing else"} if {
	not object.get(input.request, "interaction", "") in {"view", "read", "search-type"}
}

denials contains {"code": "category_not_allowed", "description": "This role may not see this category of data"} if {
	category := object.get(input.context, "data_category", "")
	category != ""
	requester.is_known
	not requester.may_see(category)
}
