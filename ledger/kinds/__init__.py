# SPDX-License-Identifier: Apache-2.0
"""The vocabulary: one frozen record per event kind, the same definition for parsing, bytes, JSON Schema and OpenAPI."""
