# SPDX-License-Identifier: Apache-2.0
"""The verifier: integrity, replay, tracing, rules and findings, from bytes alone. Imports nothing here."""
