# SPDX-License-Identifier: Apache-2.0
"""对账: one real movement counted once; bank lines and what reports say of them."""
