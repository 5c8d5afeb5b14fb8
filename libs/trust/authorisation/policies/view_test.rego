package samenhang.view_test

import rego.v1

import data.samenhang.view

nurse := {
	"subject": {
		"client_id": "viewer",
		"scope": "view:read",
		"organization_ura": "33333333",
		"organization_facility_type": "X3",
		"user_id": "900000009",
		"user_role": "30.000",
		"purpose_of_use": "TREAT",
		"treatment_relation": "asserted",
	},
	"request": {"interaction": "view"},
	"context": {},
}

test_nurse_may_ask if view.decision.allow with input as nurse

test_category_of_the_view if {
	view.decision.allow with input as object.union(nurse, {"context": {"data_category": "MedicationUse"}})
	not view.decision.allow with input as object.union(nurse, {"context": {"data_category": "ObservationLaboratory"}})
}

test_without_scope if not view.decision.allow with input as object.union(nurse, {"subject": {"scope": "holder:read"}})

test_default if not view.decision.allow with input as {}

citizen := {
	"subject": {"client_id": "pgo", "scope": "view:read", "purpose_of_use": "PATRQT", "patient_bound": true},
	"request": {"interaction": "view"},
	"context": {},
}

changed(path, value) := json.patch(citizen, [{"op": "add", "path": path, "value": value}])

codes(question) := {reason.code | some reason in view.decision.reasons with input as question}

test_own_view if {
	codes(citizen) == {"own_data"}
	codes(changed("/context/patient_matches", true)) == {"own_data"}
	codes(changed("/context/data_category", "Condition")) == {"own_data"}
}

test_view_of_another if codes(changed("/context/patient_matches", false)) == {"not_own_data"}

test_view_of_nobody if codes(changed("/subject/patient_bound", false)) == {"patient_not_bound"}

test_citizen_with_a_professional if codes(changed("/subject/user_id", "000095254")) == {"professional_not_expected"}

test_citizen_without_scope if codes(changed("/subject/scope", "holder:read")) == {"scope_missing"}

test_category_of_a_citizen if codes(changed("/context/data_category", "Everything")) == {"category_not_allowed"}
