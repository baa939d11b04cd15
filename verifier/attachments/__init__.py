# SPDX-License-Identifier: Apache-2.0
"""Evidence files (附件): the ledger holds their hashes, a folder holds their content, and here the two are compared."""
