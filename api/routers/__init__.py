# SPDX-License-Identifier: Apache-2.0
"""The HTTP surface, one module for each thing a client asks about."""
