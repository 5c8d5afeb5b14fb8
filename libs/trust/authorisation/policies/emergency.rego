# Emergency access: for few roles, with a reason, to a narrow set, for a short time. What does not hold is a denial, whichever
# policy asks. `decision` is asked by the holder when the consent register does not permit.
package samenhang.emergency

import rego.v1

import data.samenhang.roles

default decision := {"allow": false, "reasons": [{"code": "emergency_not_permitted", "description": "Without the patient's consent there is no access, in an emergency neither"}]}

decision := {"allow": true, "reasons": [{"code": "emergency_access", "description": "Emergency access: the patient made no choice, and consent cannot be awaited"}]} if {
	applies
	count(denials) == 0
	input.context.consent in data.matrix.emergency.without_consent
}

applies if data.matrix.purposes[object.get(input.subject, "purpose_of_use", "")].emergency

denials contains {"code": "emergency_reason_missing", "description": "Emergency access needs a reason, given when the token is asked for"} if {
	applies
	object.get(input.subject, "emergency_access", "") == ""
}

denials contains {"code": "emergency_role_not_allowed", "description": "This role has no emergency access"} if {
	applies
	not has_role
}

denials contains {"code": "emergency_place_not_allowed", "description": "There is no emergency access from this type of care provider"} if {
	applies
	not object.get(input.subject, "organization_facility_type", "") in data.matrix.emergency.facility_types
}

denials contains {"code": "emergency_expired", "description": "The emergency access has ended; it must be declared again"} if {
	applies
	not is_current
}

has_role if roles.profession(input.subject.user_role) in data.matrix.emergency.roles

has_role if input.subject.user_role in data.matrix.emergency.roles

is_current if {
	remaining := input.subject.emergency_until - input.context.now
	remaining > 0
	remaining <= data.matrix.emergency.maximum_minutes * 60
}
