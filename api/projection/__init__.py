# SPDX-License-Identifier: Apache-2.0
"""What the log says, folded into the figures that pages and lists show; an index that can always be computed again."""
