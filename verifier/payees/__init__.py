# SPDX-License-Identifier: Apache-2.0
"""Lists of persons to be paid (发放清单): what was listed, and what was paid by each list."""
