"""The same person on several cases: by the ID number, or by a telephone of the debtor's own."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

_MOST = 3  # a telephone that stands on more cases is a switchboard's


class SameDebtor(NamedTuple):
    case_id: str
    number: str
    by_id: bool  # by the ID number; else by a telephone


def of(conn: sa.Connection, case_id: str) -> tuple[SameDebtor, ...]:
    """The other open cases at this seat whose debtor is, or may be, the same person."""
    found = {
        row[0]: SameDebtor(row[0], row[1], by_id=False)
        for row in conn.exec_driver_sql(_BY_PHONE, (case_id, _MOST, case_id))
    }
    found |= {row[0]: SameDebtor(row[0], row[1], by_id=True) for row in conn.exec_driver_sql(_BY_ID, (case_id,))}
    return tuple(sorted(found.values(), key=lambda other: other.number))


_BY_ID = """
SELECT c.id, c.number
  FROM debtor d
  JOIN debtor o ON o.id_number IN (d.id_number, upper(d.id_number), lower(d.id_number)) AND o.case_id <> d.case_id
  JOIN cases c ON c.id = o.case_id
 WHERE d.case_id = ? AND d.id_number <> '' AND c.closed_on IS NULL
"""
_BY_PHONE = """
SELECT DISTINCT c.id, c.number
  FROM contact_point p JOIN contact_point o ON o.value = p.value AND o.case_id <> p.case_id
  JOIN cases c ON c.id = o.case_id
 WHERE p.case_id = ? AND p.kind = 'phone' AND o.kind = 'phone'
   AND p.related_person_id IS NULL AND o.related_person_id IS NULL AND c.closed_on IS NULL
   AND (SELECT count(DISTINCT s.case_id) FROM contact_point s WHERE s.value = p.value) <= ?
   AND o.case_id <> ?
"""
