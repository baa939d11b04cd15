# SPDX-License-Identifier: Apache-2.0
"""Files that bureaus already have, read by a declarative mapping into events."""
