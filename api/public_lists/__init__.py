# SPDX-License-Identifier: Apache-2.0
"""Lists of persons for public posting (公示), made of payments in the log and of what was disclosed of their payees."""
