# May this professional ask for the view of a patient, or this citizen for that of their own data; and, when a category is
# named, see that category in it?
package samenhang.view

import rego.v1

import data.samenhang.requester
import data.samenhang.roles

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "allowed", "description": description}]} if {
	not is_citizen
	count(denials) == 0
	row := roles.row(input.subject.user_role)
	description := sprintf("%s may ask for the view of a patient for %s", [row.title, input.subject.purpose_of_use])
}

decision := {"allow": true, "reasons": [{"code": "own_data", "description": "A citizen may ask for the view of their own data"}]} if {
	is_citizen
	count(denials) == 0
	input.subject.patient_bound == true
}

is_citizen if object.get(input.subject, "purpose_of_use", "") == data.matrix.citizen.purpose

denials contains reason if {
	not is_citizen
	some reason in requester.denials
}

denials contains {"code": "scope_missing", "description": "The token does not carry the scope view:read"} if {
	not "view:read" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "A view is asked for, nothing else"} if {
	not object.get(input.request, "interaction", "") in {"view", "read", "search-type"}
}

denials contains {"code": "category_not_allowed", "description": "This role may not see this category of data"} if {
	not is_citizen
	category := object.get(input.context, "data_category", "")
	category != ""
	requester.is_known
	not requester.may_see(category)
}

denials contains {"code": "patient_not_bound", "description": "The token is for no patient"} if {
	is_citizen
	object.get(input.subject, "patient_bound", false) != true
}

denials contains {"code": "not_own_data", "description": "The token is for another patient"} if {
	is_citizen
	object.get(input, ["context", "patient_matches"], true) == false
}

# Nobody asks on another's behalf this way.
denials contains {"code": "professional_not_expected", "description": "A professional asks for treatment, not as the patient"} if {
	is_citizen
	object.get(input.subject, "user_id", "") != ""
}

denials contains {"code": "category_not_allowed", "description": "This category is not given to citizens"} if {
	is_citizen
	category := object.get(input.context, "data_category", "")
	category != ""
	not category in data.matrix.citizen.categories
}
