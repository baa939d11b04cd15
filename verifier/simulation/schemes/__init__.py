# SPDX-License-Identifier: Apache-2.0
"""Schemes of a simulated country: a file for each family, a script for each scheme, played by guilty and innocent alike."""
