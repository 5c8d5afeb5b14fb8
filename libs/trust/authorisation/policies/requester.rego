# What every question of a professional must satisfy, whichever policy asks: who, at which care provider, to what end.
# Input follows the national authorisation specification: subject from the verified token, request, context.
package samenhang.requester

import rego.v1

import data.samenhang.roles

# Eight digits. Written without a regular expression, which would be most of the time a decision takes.
is_ura(text) if {
	count(text) == 8
	trim(text, "0123456789") == ""
}

scopes := split(object.get(input.subject, "scope", ""), " ")

# The absence of any of these is a reason of its own: a denied caller learns what to mend, and nothing of the patient.
denials contains {"code": "organisation_unknown", "description": "The request is made on behalf of no care provider"} if {
	not is_ura(object.get(input.subject, "organization_ura", ""))
}

denials contains {"code": "facility_type_unknown", "description": "The type of the requesting care provider is not one that treats patients here"} if {
	not data.matrix.facility_types[object.get(input.subject, "organization_facility_type", "")]
}

denials contains {"code": "professional_unknown", "description": "No professional is named"} if {
	object.get(input.subject, "user_id", "") == ""
}

denials contains {"code": "role_unknown", "description": "The role of the professional is not in the matrix"} if {
	not roles.row(object.get(input.subject, "user_role", ""))
}

denials contains {"code": "purpose_not_allowed", "description": "The purpose of use is not one for which data is made available"} if {
	not data.matrix.purposes[object.get(input.subject, "purpose_of_use", "")]
}

denials contains {"code": "no_treatment_relation", "description": "No treatment relation is declared"} if {
	not data.matrix.treatment_relations[object.get(input.subject, "treatment_relation", "")]
}
