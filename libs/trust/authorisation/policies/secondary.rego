# May a question for secondary use be put to this data holder? Asked for each question, after the permit that goes with it
# was proven to be signed, in force and about this holder and this question (Regulation (EU) 2025/327, articles 53, 54 and
# 68). No professional, no treatment relation and no consent is asked for; who objected is left out by the holder.
package samenhang.secondary

import rego.v1

import data.samenhang.requester

default decision := {"allow": false, "reasons": [{"code": "not_allowed", "description": "No rule allows this"}]}

decision := {"allow": false, "reasons": sort(denials)} if count(denials) > 0

decision := {"allow": true, "reasons": [{"code": "permit_in_force", "description": "A permit for this purpose gives these kinds of data"}]} if {
	count(denials) == 0
	input.request.interaction == "search-type"
}

# Article 53(1). What article 54 prohibits is not among them: decisions about a person, marketing, harmful products.
purposes := {
	"education",
	"improving-care",
	"policy-making",
	"public-health",
	"scientific-research",
	"statistics",
}

permit := object.get(object.get(input, "context", {}), "permit", {})

denials contains {"code": "scope_missing", "description": "The token does not carry the scope secondary:run"} if {
	not "secondary:run" in requester.scopes
}

denials contains {"code": "permit_unknown", "description": "No permit goes with the question"} if count(permit) == 0

denials contains {"code": "purpose_not_allowed", "description": "This is no purpose for which data may be used again"} if {
	count(permit) > 0
	not object.get(permit, "purpose", "") in purposes
}

denials contains {"code": "not_in_permit", "description": "The permit does not give this kind of data"} if {
	count(permit) > 0
	some type in object.get(permit, "requested", ["unknown"])
	not type in object.get(permit, "given", [])
}

# A question for nothing is a question for everything.
denials contains {"code": "nothing_requested", "description": "The question names no kind of data"} if {
	count(permit) > 0
	count(object.get(permit, "requested", [])) == 0
}
