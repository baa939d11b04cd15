# SPDX-License-Identifier: Apache-2.0
"""Works (工程): projects with their contracts, what was agreed, paid, measured, accepted and settled on each."""
