package samenhang.emergency_test

import rego.v1

import data.samenhang.emergency
import data.samenhang.holder

now := 1796119200

# A physician of the hospital, with the reason given at the token request.
physician := {
	"subject": {
		"client_id": "query-api",
		"scope": "holder:read",
		"organization_ura": "22222222",
		"organization_facility_type": "V4",
		"user_id": "900000021",
		"user_role": "01.000",
		"purpose_of_use": "ETREAT",
		"emergency_access": "5e5a3c0e",
		"emergency_until": now + 1800,
	},
	"request": {"interaction": "search-type"},
	"context": {
		"data_holder_organization_id": "44444444",
		"data_holder_facility_type": "A1",
		"data_category": "AllergyIntolerance",
		"now": now,
	},
}

changed(path, value) := json.patch(physician, [{"op": "replace", "path": path, "value": value}])

without(path) := json.patch(physician, [{"op": "remove", "path": path}])

codes(question) := {reason.code | some reason in holder.decision.reasons with input as question}

# Acceptance scenario 5.
test_narrow_set if {
	holder.decision.allow with input as physician
	holder.decision.allow with input as changed("/subject/purpose_of_use", "BTG")
	codes(changed("/context/data_category", "ObservationLaboratory")) == {"category_not_allowed"}
	codes(changed("/context/data_category", "Encounter")) == {"category_not_allowed"}
}

test_reason if "emergency_reason_missing" in codes(without("/subject/emergency_access"))

test_role if {
	codes(changed("/subject/user_role", "30.000")) == {"emergency_role_not_allowed"}
	codes(changed("/subject/user_role", "17.000")) == {"emergency_role_not_allowed"}
}

test_place if codes(changed("/subject/organization_facility_type", "Z3")) == {"emergency_place_not_allowed"}

test_time if {
	codes(changed("/context/now", now + 1800)) == {"emergency_expired"}
	holder.decision.allow with input as changed("/context/now", now + 1799)
	codes(changed("/subject/emergency_until", now + 1801)) == {"emergency_expired"}
	codes(without("/subject/emergency_until")) == {"emergency_expired"}
	codes(without("/context/now")) == {"emergency_expired"}
}

test_declared_for_another_purpose_is_no_treatment_relation if codes(changed("/subject/purpose_of_use", "TREAT")) == {"no_treatment_relation"}

answered(consent) := json.patch(physician, [{"op": "add", "path": "/context/consent", "value": consent}])

test_without_a_choice_of_the_patient if emergency.decision.allow with input as answered("not-applicable")

test_an_objection_holds if {
	not emergency.decision.allow with input as answered("deny")
	not emergency.decision.allow with input as answered("unreachable")
	not emergency.decision.allow with input as answered("indeterminate")
	not emergency.decision.allow with input as physician
}

test_ordinary_purpose_awaits_consent if {
	question := json.patch(answered("not-applicable"), [{"op": "replace", "path": "/subject/purpose_of_use", "value": "TREAT"}])
	not emergency.decision.allow with input as question
}

test_default if not emergency.decision.allow with input as {}
