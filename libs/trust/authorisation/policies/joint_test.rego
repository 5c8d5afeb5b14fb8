package samenhang.joint_test

import rego.v1

import data.samenhang.joint

writing := {
	"subject": {"client_id": "transfer", "scope": "transfer:exchange", "organization_ura": "33333333"},
	"request": {"interaction": "update"},
	"context": {"joint": {"keeper": "11111111", "participants": ["22222222", "33333333"]}},
}

changed(path, value) := json.patch(writing, [{"op": "replace", "path": path, "value": value}])

codes(question) := {reason.code | some reason in joint.decision.reasons with input as question}

test_participants_read_and_write if {
	joint.decision.allow with input as writing
	joint.decision.allow with input as changed("/request/interaction", "read")
	joint.decision.allow with input as changed("/subject/organization_ura", "11111111")
}

test_only_the_keeper_starts if {
	starting := changed("/request/interaction", "create")
	codes(starting) == {"not_keeper"}
	joint.decision.allow with input as json.patch(starting, [{"op": "replace", "path": "/subject/organization_ura", "value": "11111111"}])
}

test_others_take_no_part if {
	codes(changed("/subject/organization_ura", "44444444")) == {"takes_no_part"}
	codes(json.patch(writing, [{"op": "remove", "path": "/context/joint"}])) == {"takes_no_part"}
}

test_nothing_is_deleted if codes(changed("/request/interaction", "delete")) == {"interaction_not_allowed"}

test_scope if codes(changed("/subject/scope", "holder:read")) == {"scope_missing"}

test_nothing_is_allowed_by_default if not joint.decision.allow with input as {}
