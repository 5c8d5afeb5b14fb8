package samenhang.registration_test

import rego.v1

import data.samenhang.registration

hospital := {
	"subject": {"client_id": "registrar", "scope": "nvi:create nvi:delete", "organization_ura": "22222222"},
	"request": {"interaction": "create"},
	"context": {"data_holder_organization_id": "22222222"},
}

codes(question) := {reason.code | some reason in registration.decision.reasons with input as question}

test_own_data if {
	registration.decision.allow with input as hospital
	registration.decision.allow with input as object.union(hospital, {"request": {"interaction": "delete"}})
}

test_another_custodian if codes(object.union(hospital, {"context": {"data_holder_organization_id": "33333333"}})) == {"custodian_mismatch"}

test_no_implied_scope if codes(object.union(hospital, {"request": {"interaction": "read"}})) == {"scope_missing"}

test_no_update if codes(object.union(hospital, {"request": {"interaction": "update"}})) == {"interaction_not_allowed"}

test_no_organisation_is_no_match if {
	question := {"subject": {"scope": "nvi:create"}, "request": {"interaction": "create"}, "context": {}}
	codes(question) == {"organisation_unknown", "custodian_mismatch"}
}

test_default if not registration.decision.allow with input as {}
