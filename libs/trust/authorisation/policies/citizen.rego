# May this citizen read this category at this data holder? Their own data, whatever the consent register says of others.
package samenhang.citizen

import rego.v1

import data.samenhang.requester

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "own_data", "description": "A citizen may see their own data"}]} if {
	count(denials) == 0
	input.context.data_category in data.matrix.citizen.categories
}

denials contains {"code": "purpose_not_allowed", "description": "This is not a request by the patient"} if {
	object.get(input.subject, "purpose_of_use", "") != data.matrix.citizen.purpose
}

denials contains {"code": "patient_not_bound", "description": "The token is for no patient"} if {
	object.get(input.subject, "patient_bound", false) != true
}

denials contains {"code": "not_own_data", "description": "The token is for another patient"} if {
	object.get(input, ["context", "patient_matches"], true) == false
}

# Nobody asks on another's behalf this way.
denials contains {"code": "professional_not_expected", "description": "A professional asks for treatment, not as the patient"} if {
	object.get(input.subject, "user_id", "") != ""
}

denials contains {"code": "scope_missing", "description": "The token does not carry the scope holder:read"} if {
	not "holder:read" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "A data holder is read and searched, nothing else"} if {
	not object.get(input.request, "interaction", "") in {"read", "search-type"}
}

denials contains {"code": "category_not_allowed", "description": "This category is not given to citizens"} if {
	not object.get(object.get(input, "context", {}), "data_category", "") in data.matrix.citizen.categories
}
