# May this care provider's system register, list or withdraw that data exists? Only ever about its own data.
package samenhang.registration

import rego.v1

import data.samenhang.requester

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "allowed", "description": "A custodian manages its own registrations"}]} if {
	count(denials) == 0
	required_scope[input.request.interaction] in requester.scopes
}

required_scope := {"create": "nvi:create", "delete": "nvi:delete", "read": "nvi:read", "search-type": "nvi:read"}

denials contains {"code": "interaction_not_allowed", "description": "A registration is created, read or deleted, never changed"} if {
	not required_scope[object.get(input.request, "interaction", "")]
}

denials contains {"code": "scope_missing", "description": "The token does not carry the scope this act needs"} if {
	scope := required_scope[input.request.interaction]
	not scope in requester.scopes
}

denials contains {"code": "organisation_unknown", "description": "The request is made on behalf of no care provider"} if {
	not requester.is_ura(object.get(input.subject, "organization_ura", ""))
}

denials contains {"code": "custodian_mismatch", "description": "A care provider registers its own data only"} if {
	object.get(input.subject, "organization_ura", "") != object.get(input.context, "data_holder_organization_id", "absent")
}
