# May this care provider pull, or work on, what another offered it? Asked by the sender, as holder of the data, for each
# request (Twiin TA Notified Pull; eOverdracht). No professional is needed and the role matrix is not asked: a sender chose
# what goes to whom. That choice is consent made explicit by the holder (NEN 7517) for one receiver, these resources and
# this period, so nothing outside of it is given.
package samenhang.transfer

import rego.v1

import data.samenhang.requester

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "transfer_offered", "description": "The sender offered this to this care provider"}]} if {
	count(denials) == 0
	input.request.interaction in interactions
}

# The Task itself is read and updated; what it lists is read and searched.
interactions := {"read", "search-type", "document", "update"}

# After these nothing is given any more. What is completed may be read again until its period ends.
closed := {"cancelled", "rejected", "failed", "entered-in-error"}

offer := object.get(object.get(input, "context", {}), "transfer", {})

denials contains {"code": "scope_missing", "description": "The token does not carry the scope transfer:exchange"} if {
	not "transfer:exchange" in requester.scopes
}

denials contains {"code": "organisation_unknown", "description": "The request is made on behalf of no care provider"} if {
	not requester.is_ura(object.get(input.subject, "organization_ura", ""))
}

denials contains {"code": "interaction_not_allowed", "description": "What is offered is read and searched; of the Task the status is updated"} if {
	not object.get(input.request, "interaction", "") in interactions
}

denials contains {"code": "transfer_unknown", "description": "There is no such offer"} if count(offer) == 0

denials contains {"code": "not_owner", "description": "This was offered to another care provider"} if {
	count(offer) > 0
	object.get(input.subject, "organization_ura", "") != object.get(offer, "owner", "absent")
}

denials contains {"code": "authorization_base_unknown", "description": "The authorization base is not that of this offer"} if {
	count(offer) > 0
	not asks_for_task
	object.get(offer, "has_authorization_base", false) != true
}

denials contains {"code": "transfer_closed", "description": "The offer was withdrawn or turned down"} if {
	not asks_for_task
	object.get(offer, "status", "") in closed
}

# The Task stays readable for its owner, so that a receiver learns why it is over; changing it is over as well.
denials contains {"code": "transfer_expired", "description": "The period of the offer is over, or has not begun"} if {
	count(offer) > 0
	not reads_task
	not is_within_period
}

denials contains {"code": "not_listed", "description": "The offer does not list this"} if {
	count(offer) > 0
	not asks_for_task
	not object.get(offer, "requested", "") in object.get(offer, "listed", [])
}

asks_for_task if {
	not offer.requested
	object.get(input.request, "interaction", "") in {"read", "update"}
}

reads_task if {
	asks_for_task
	input.request.interaction == "read"
}

is_within_period if {
	input.context.now >= offer.from
	input.context.now < offer.until
}
