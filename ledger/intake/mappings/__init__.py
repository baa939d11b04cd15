# SPDX-License-Identifier: Apache-2.0
"""Mappings that come with the program, as data; docs/bureau has a page for each source."""
