# SPDX-License-Identifier: Apache-2.0
"""Personal fields in clear, as an auditor is given them, against the commitments of the ledger (I9)."""
