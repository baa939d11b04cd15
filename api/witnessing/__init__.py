# SPDX-License-Identifier: Apache-2.0
"""A log and its witnesses, from the side of the log: each new checkpoint is shown to them, their cosignatures are kept."""
