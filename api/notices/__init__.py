# SPDX-License-Identifier: Apache-2.0
"""What is due from a party: as a list, as a calendar, and told once a day to those who asked for it."""
