# SPDX-License-Identifier: Apache-2.0
"""All rules over one prefix of one ledger, as of one date, and the report of it."""
