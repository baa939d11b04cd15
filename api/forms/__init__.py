# SPDX-License-Identifier: Apache-2.0
"""Forms: spreadsheets that people fill in, one kind of event to a form, and what becomes of them."""
