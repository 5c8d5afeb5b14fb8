# Role codes of the UZI register against the matrix: an exact code first, then its profession (the first two digits).
package samenhang.roles

import rego.v1

# NN.NNN
is_role_code(code) if {
	count(code) == 6
	substring(code, 2, 1) == "."
	trim(code, "0123456789") == "."
}

# The row of the matrix that holds for a role code; undefined for a role that is not listed.
row(code) := data.matrix.roles[code] if is_role_code(code)

row(code) := data.matrix.roles[profession(code)] if {
	is_role_code(code)
	not data.matrix.roles[code]
}

# The first two digits; undefined for what is no role code.
profession(code) := substring(code, 0, 2) if is_role_code(code)
