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
