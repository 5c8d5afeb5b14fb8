package samenhang.localise_test

import rego.v1

import data.samenhang.localise

pharmacist := {
	"subject": {
		"client_id": "query-api",
		"scope": "nvi:localize",
		"organization_ura": "44444444",
		"organization_facility_type": "A1",
		"user_id": "900000033",
		"user_role": "17.000",
		"purpose_of_use": "TREAT",
		"treatment_relation": "asserted",
	},
	"request": {"interaction": "localise"},
	"context": {},
}

test_pharmacist_may_localise if localise.decision.allow with input as pharmacist

nurse_and(category) := object.union(pharmacist, {
	"subject": {"user_role": "30.000"},
	"context": {"data_category": category},
})

test_role_may_learn_of_its_categories if localise.decision.allow with input as nurse_and("Condition")

test_role_may_not_learn_of_others if not localise.decision.allow with input as nurse_and("ObservationLaboratory")

test_other_interaction if not localise.decision.allow with input as object.union(pharmacist, {"request": {"interaction": "read"}})

test_without_relation if not localise.decision.allow with input as object.union(pharmacist, {"subject": {"treatment_relation": ""}})

test_without_professional if not localise.decision.allow with input as object.union(pharmacist, {"subject": {"user_id": ""}})

test_default if not localise.decision.allow with input as {}
