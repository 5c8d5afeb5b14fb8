package samenhang.holder_test

import rego.v1

import data.samenhang.holder

general_practitioner := {
	"subject": {
		"client_id": "query-api",
		"scope": "holder:read",
		"organization_ura": "11111111",
		"organization_facility_type": "Z3",
		"user_id": "000095254",
		"user_role": "01.015",
		"purpose_of_use": "TREAT",
		"treatment_relation": "asserted",
	},
	"request": {"interaction": "search-type"},
	"context": {
		"data_holder_organization_id": "22222222",
		"data_holder_facility_type": "V4",
		"data_category": "ObservationLaboratory",
	},
}

changed(path, value) := json.patch(general_practitioner, [{"op": "replace", "path": path, "value": value}])

without(path) := json.patch(general_practitioner, [{"op": "remove", "path": path}])

codes(question) := {reason.code | some reason in holder.decision.reasons with input as question}

test_general_practitioner_sees_laboratory_results if {
	holder.decision.allow with input as general_practitioner
	codes(general_practitioner) == {"allowed"}
}

test_nothing_is_allowed_by_default if {
	not holder.decision.allow with input as {}
	not holder.decision.allow with input as {"subject": {}, "request": {}, "context": {}}
}

# Acceptance scenario 8: a nurse sees what her row names, and no laboratory results.
test_nurse_sees_no_laboratory_results if {
	question := changed("/subject/user_role", "30.000")
	not holder.decision.allow with input as question
	codes(question) == {"category_not_allowed"}
}

test_nurse_sees_conditions if {
	question := json.patch(changed("/subject/user_role", "30.000"), [{"op": "replace", "path": "/context/data_category", "value": "Condition"}])
	holder.decision.allow with input as question
}

test_an_exact_role_comes_before_its_profession if {
	holder.decision.allow with input as changed("/subject/user_role", "30.075")
}

test_unknown_role if {
	codes(changed("/subject/user_role", "99.999")) == {"role_unknown"}
	codes(changed("/subject/user_role", "01")) == {"role_unknown"}
	"role_unknown" in codes(changed("/subject/user_role", "matrix"))
	"role_unknown" in codes(without("/subject/user_role"))
}

# Acceptance scenario 6.
test_no_treatment_relation if {
	codes(without("/subject/treatment_relation")) == {"no_treatment_relation"}
	codes(changed("/subject/treatment_relation", "none")) == {"no_treatment_relation"}
}

test_other_purposes if {
	codes(changed("/subject/purpose_of_use", "HRESCH")) == {"purpose_not_allowed"}
	codes(without("/subject/purpose_of_use")) == {"purpose_not_allowed"}
}

test_scope if {
	codes(changed("/subject/scope", "view:read nvi:localize")) == {"scope_missing"}
	codes(changed("/subject/scope", "holder:readmore")) == {"scope_missing"}
	holder.decision.allow with input as changed("/subject/scope", "view:read holder:read")
}

test_facility_type if codes(changed("/subject/organization_facility_type", "ZZ")) == {"facility_type_unknown"}

test_organisation if codes(without("/subject/organization_ura")) == {"organisation_unknown"}

test_professional if codes(changed("/subject/user_id", "")) == {"professional_unknown"}

test_category if {
	codes(without("/context/data_category")) == {"category_unknown"}
	codes(changed("/context/data_category", "Composition")) == {"category_not_allowed"}
}

test_interaction if codes(changed("/request/interaction", "delete")) == {"interaction_not_allowed"}

test_holder if codes(without("/context/data_holder_organization_id")) == {"holder_unknown"}

test_every_reason_is_given if {
	question := json.patch(changed("/subject/user_role", "99.999"), [{"op": "remove", "path": "/subject/treatment_relation"}])
	codes(question) == {"role_unknown", "no_treatment_relation"}
}

# Acceptance scenario 6: a token for another patient.
bound(matches) := json.patch(general_practitioner, [{"op": "add", "path": "/context/patient_matches", "value": matches}])

test_patient_of_the_token if {
	codes(bound(false)) == {"no_treatment_relation"}
	codes(bound(true)) == {"allowed"}
}

# Welfare organisations see who someone is and nothing of health, whatever the role of who asks there.
test_welfare_is_narrowest if {
	welfare := changed("/subject/organization_facility_type", "welfare-youth")
	codes(welfare) == {"category_not_allowed"}
	holder.decision.allow with input as json.patch(welfare, [{"op": "replace", "path": "/context/data_category", "value": "Patient"}])
}
