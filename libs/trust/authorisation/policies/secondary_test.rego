package samenhang.secondary_test

import rego.v1

import data.samenhang.secondary

question := {
	"subject": {"client_id": "secondary-use-api", "scope": "secondary:run"},
	"request": {"interaction": "search-type"},
	"context": {"permit": {
		"purpose": "scientific-research",
		"requested": ["Condition"],
		"given": ["Condition", "Patient"],
	}},
}

changed(path, value) := json.patch(question, [{"op": "replace", "path": path, "value": value}])

codes(asked) := {reason.code | some reason in secondary.decision.reasons with input as asked}

test_what_a_permit_gives if {
	secondary.decision.allow with input as question
	secondary.decision.allow with input as changed("/context/permit/requested", ["Patient", "Condition"])
}

test_nothing_else if {
	codes(changed("/context/permit/requested", ["Condition", "Observation"])) == {"not_in_permit"}
	codes(changed("/context/permit/requested", [])) == {"nothing_requested"}
	codes(changed("/context/permit/given", [])) == {"not_in_permit"}
}

test_purposes if {
	codes(changed("/context/permit/purpose", "marketing")) == {"purpose_not_allowed"}
	codes(changed("/context/permit/purpose", "TREAT")) == {"purpose_not_allowed"}
}

test_no_permit if codes(json.patch(question, [{"op": "remove", "path": "/context/permit"}])) == {"permit_unknown"}

test_scope if codes(changed("/subject/scope", "holder:read")) == {"scope_missing"}

test_only_asking if not secondary.decision.allow with input as changed("/request/interaction", "delete")

test_nothing_is_allowed_by_default if not secondary.decision.allow with input as {}
