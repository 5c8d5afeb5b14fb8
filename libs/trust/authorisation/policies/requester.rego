# What every question of a professional must satisfy, whichever policy asks: who, at which care provider, to what end.
# Input follows the national authorisation specification: subject from the verified token, request, context.
package samenhang.requester

import rego.v1

import data.samenhang.emergency
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
	not facility_type
}

denials contains {"code": "professional_unknown", "description": "No professional is named"} if {
	object.get(input.subject, "user_id", "") == ""
}

denials contains {"code": "role_unknown", "description": "The role of the professional is not in the matrix"} if {
	not roles.row(object.get(input.subject, "user_role", ""))
}

denials contains {"code": "purpose_not_allowed", "description": "The purpose of use is not one for which data is made available"} if {
	not purpose
}

denials contains {"code": "no_treatment_relation", "description": "No treatment relation is declared"} if {
	purpose
	not emergency.applies
	not has_treatment_relation
}

# A token for one patient is a treatment relation with that patient and no other.
denials contains {"code": "no_treatment_relation", "description": "The token is for another patient"} if {
	object.get(input, ["context", "patient_matches"], true) == false
}

denials contains reason if some reason in emergency.denials

purpose := data.matrix.purposes[object.get(input.subject, "purpose_of_use", "")]

has_treatment_relation if object.get(input.subject, "treatment_relation", "") in purpose.treatment_relations

facility_type := data.matrix.facility_types[object.get(input.subject, "organization_facility_type", "")]

# Whether role, care provider and purpose are known, so that what they name can be looked at: if not, that is the reason.
is_known if {
	roles.row(object.get(input.subject, "user_role", ""))
	facility_type
	purpose
}

# What may be seen is named by role, type of care provider and purpose, all three.
may_see(category) if {
	category in roles.row(input.subject.user_role).categories
	category_of_facility_type(category)
	category_of_purpose(category)
}

category_of_facility_type(category) if {
	facility_type
	not facility_type.categories
}

category_of_facility_type(category) if category in facility_type.categories

category_of_purpose(_) if purpose.categories == "all"

category_of_purpose(category) if {
	purpose.categories == "emergency"
	category in data.matrix.emergency.categories
}
