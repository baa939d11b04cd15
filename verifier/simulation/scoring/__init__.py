# SPDX-License-Identifier: Apache-2.0
"""How right an audit was: its findings against the labels of a simulated world."""
