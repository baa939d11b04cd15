# SPDX-License-Identifier: Apache-2.0
"""A witness: it cosigns checkpoints of many logs, each only if it continues what this witness cosigned before."""
