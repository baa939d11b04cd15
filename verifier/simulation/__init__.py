# SPDX-License-Identifier: Apache-2.0
"""A simulated province whose wrongs are known: labelled ledgers to try the rules on, and large ones to measure with."""
