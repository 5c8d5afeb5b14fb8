# May this care provider read, start or write in a record that several keep together (a care plan, a care team)? Who takes
# part is on the care team of the plan; what a participant may change in it is its own contribution, which is not looked at
# here: that is about content, and the service compares it.
package samenhang.joint

import rego.v1

import data.samenhang.requester

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "takes_part", "description": "The care provider takes part in this joint record"}]} if {
	count(denials) == 0
	input.request.interaction in interactions
}

interactions := {"read", "create", "update"}

denials contains {"code": "scope_missing", "description": "The token does not carry the scope transfer:exchange"} if {
	not "transfer:exchange" in requester.scopes
}

denials contains {"code": "interaction_not_allowed", "description": "A joint record is read, started and updated, never deleted"} if {
	not object.get(input.request, "interaction", "") in interactions
}

denials contains {"code": "organisation_unknown", "description": "The request is made on behalf of no care provider"} if {
	not requester.is_ura(object.get(input.subject, "organization_ura", ""))
}

denials contains {"code": "not_keeper", "description": "A joint record is started by the care provider that keeps it"} if {
	object.get(input.request, "interaction", "") == "create"
	not is_keeper
}

denials contains {"code": "takes_no_part", "description": "The care provider takes no part in this joint record"} if {
	object.get(input.request, "interaction", "") != "create"
	not is_keeper
	not takes_part
}

is_keeper if input.subject.organization_ura == input.context.joint.keeper

takes_part if input.subject.organization_ura in input.context.joint.participants
