# SPDX-License-Identifier: Apache-2.0
"""Subcommands of `fundtrace` that write or serve a ledger; each module adds its own to the root command."""
