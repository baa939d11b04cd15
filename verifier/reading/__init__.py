# SPDX-License-Identifier: Apache-2.0
"""Where a ledger is read from: folder, bundle file, http(s) address, live database."""
