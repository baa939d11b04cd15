# SPDX-License-Identifier: Apache-2.0
"""The ledger: canonical bytes, event kinds, tree, checkpoints, store and commit path. Imports nothing here."""
