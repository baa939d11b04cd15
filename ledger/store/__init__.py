# SPDX-License-Identifier: Apache-2.0
"""The log in a database: SQLite by default, PostgreSQL in production, one schema for both (DESIGN §8)."""
