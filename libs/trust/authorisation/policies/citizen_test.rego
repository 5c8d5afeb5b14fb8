package samenhang.citizen_test

import rego.v1

import data.samenhang.citizen
import data.samenhang.holder

patient := {
	"subject": {
		"client_id": "pgo",
		"scope": "holder:read",
		"purpose_of_use": "PATRQT",
		"patient_bound": true,
	},
	"request": {"interaction": "search-type"},
	"context": {"data_holder_organization_id": "22222222", "data_category": "Condition"},
}

changed(path, value) := json.patch(patient, [{"op": "add", "path": path, "value": value}])

codes(question) := {reason.code | some reason in citizen.decision.reasons with input as question}

# Acceptance scenario 9.
test_own_data if {
	codes(patient) == {"own_data"}
	codes(changed("/context/patient_matches", true)) == {"own_data"}
}

test_of_another if codes(changed("/context/patient_matches", false)) == {"not_own_data"}

test_of_nobody if codes(changed("/subject/patient_bound", false)) == {"patient_not_bound"}

test_of_a_professional if codes(changed("/subject/user_id", "000095254")) == {"professional_not_expected"}

test_for_treatment if codes(changed("/subject/purpose_of_use", "TREAT")) == {"purpose_not_allowed"}

test_scope if codes(changed("/subject/scope", "view:read")) == {"scope_missing"}

test_category if codes(changed("/context/data_category", "Everything")) == {"category_not_allowed"}

test_a_citizen_is_no_professional if not holder.decision.allow with input as patient

test_default if not citizen.decision.allow with input as {}
