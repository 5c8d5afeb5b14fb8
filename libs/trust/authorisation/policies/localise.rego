# May this professional ask which care providers hold data on a patient? Asked by the reference index: without a category
# for the question itself, with one for each category that it found. That there is data of a category tells of the patient.
package samenhang.localise

import rego.v1

import data.samenhang.requester
import data.samenhang.roles

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "allowed", "description": "A professional who treats the patient may localise"}]} if {
	count(denials) == 0
	input.request.interaction == "localise"
}

denials contains reason if some reason in requester.denials

denials contains {"code": "scope_missing", "description": "The token does not carry the scope nvi:localize"} if {
	not "nvi:localize" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "This policy is about localisation only"} if {
	object.get(input.request, "interaction", "") != "localise"
}

denials contains {"code": "category_not_allowed", "description": "This role may not learn where data of this category is"} if {
	category := object.get(object.get(input, "context", {}), "data_category", "")
	category != ""
	requester.is_known
	not requester.may_see(category)
}
