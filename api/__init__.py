# SPDX-License-Identifier: Apache-2.0
"""The server: HTTP interface, portal, jobs and their command line. Imports nothing here."""
