package samenhang.transfer_test

import rego.v1

import data.samenhang.transfer

pull := {
	"subject": {"client_id": "transfer", "scope": "transfer:exchange", "organization_ura": "33333333"},
	"request": {"interaction": "read"},
	"context": {
		"now": 1000,
		"transfer": {
			"owner": "33333333",
			"status": "requested",
			"from": 900,
			"until": 1100,
			"has_authorization_base": true,
			"listed": ["Condition/1", "AllergyIntolerance?clinical-status=active"],
			"requested": "Condition/1",
		},
	},
}

task := json.patch(pull, [
	{"op": "remove", "path": "/context/transfer/requested"},
	{"op": "remove", "path": "/context/transfer/listed"},
	{"op": "replace", "path": "/context/transfer/has_authorization_base", "value": false},
])

changed(path, value) := json.patch(pull, [{"op": "replace", "path": path, "value": value}])

codes(question) := {reason.code | some reason in transfer.decision.reasons with input as question}

test_owner_pulls_what_is_listed if {
	transfer.decision.allow with input as pull
	codes(pull) == {"transfer_offered"}
	transfer.decision.allow with input as json.patch(pull, [
		{"op": "replace", "path": "/request/interaction", "value": "search-type"},
		{"op": "replace", "path": "/context/transfer/requested", "value": "AllergyIntolerance?clinical-status=active"},
	])
}

test_nothing_is_allowed_by_default if {
	not transfer.decision.allow with input as {}
	not transfer.decision.allow with input as {"subject": {}, "request": {}, "context": {}}
}

# Acceptance scenario 10, line by line.
test_another_with_the_same_base if codes(changed("/subject/organization_ura", "44444444")) == {"not_owner"}

test_not_listed if {
	codes(changed("/context/transfer/requested", "Condition/2")) == {"not_listed"}
	codes(changed("/context/transfer/requested", "AllergyIntolerance")) == {"not_listed"}
	codes(changed("/context/transfer/requested", "")) == {"not_listed"}
}

test_period if {
	codes(changed("/context/now", 1100)) == {"transfer_expired"}
	codes(changed("/context/now", 899)) == {"transfer_expired"}
	transfer.decision.allow with input as changed("/context/now", 1099)
}

test_closed if {
	every status in ["cancelled", "rejected", "failed", "entered-in-error"] {
		codes(changed("/context/transfer/status", status)) == {"transfer_closed"}
	}
	transfer.decision.allow with input as changed("/context/transfer/status", "completed")
}

test_authorization_base if {
	codes(changed("/context/transfer/has_authorization_base", false)) == {"authorization_base_unknown"}
}

test_no_offer if {
	"transfer_unknown" in codes(json.patch(pull, [{"op": "remove", "path": "/context/transfer"}]))
}

test_scope if codes(changed("/subject/scope", "holder:read")) == {"scope_missing"}

test_owner_reads_and_updates_the_task_without_base if {
	transfer.decision.allow with input as task
	transfer.decision.allow with input as json.patch(task, [{"op": "replace", "path": "/request/interaction", "value": "update"}])
	codes(json.patch(task, [{"op": "replace", "path": "/subject/organization_ura", "value": "44444444"}])) == {"not_owner"}
}

test_task_outlives_its_period_for_reading_only if {
	late := json.patch(task, [{"op": "replace", "path": "/context/now", "value": 2000}])
	transfer.decision.allow with input as late
	codes(json.patch(late, [{"op": "replace", "path": "/request/interaction", "value": "update"}])) == {"transfer_expired"}
}

test_the_base_does_not_open_a_search_for_the_task if {
	question := json.patch(task, [{"op": "replace", "path": "/request/interaction", "value": "search-type"}])
	codes(question) == {"authorization_base_unknown", "not_listed"}
}
