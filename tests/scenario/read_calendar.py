"""Reads a calendar file by a library that has nothing in common with the one that wrote it, and prints what it found as JSON.

The times are computed twice: by the zone's name, as most calendars do, and by the rules that the file itself brings.
"""
import io
import json
import sys

import pytz
from dateutil.tz import tzical
from icalendar import Calendar


def milliseconds(local, zone):
    aware = zone.localize(local.replace(tzinfo=None)) if hasattr(zone, 'localize') else local.replace(tzinfo=zone)
    return round(aware.timestamp() * 1000)


def main():
    raw = open(sys.argv[1], 'rb').read()
    calendar = Calendar.from_ical(raw)
    (event,) = calendar.walk('VEVENT')
    rules = b''.join(zone.to_ical() for zone in calendar.walk('VTIMEZONE')).decode()
    zones = {str(zone['TZID']): tzical(io.StringIO(rules)).get(str(zone['TZID'])) for zone in calendar.walk('VTIMEZONE')}
    found = {
        'method': str(calendar['METHOD']), 'uid': str(event['UID']), 'sequence': int(event['SEQUENCE']), 'status': str(event['STATUS']), 'title': str(event['SUMMARY']),
        'description': str(event['DESCRIPTION']), 'url': str(event.get('URL', '')), 'alarms': len(event.walk('VALARM')), 'zones': sorted(zones),
        'longest': max(len(line) for line in raw.split(b'\r\n')), 'crlf': raw.endswith(b'END:VCALENDAR\r\n'),
    }
    for name in ('DTSTART', 'DTEND'):
        time = event[name]
        zone = str(time.params.get('TZID', ''))
        found[name] = milliseconds(time.dt, pytz.timezone(zone) if zone else pytz.utc)
        found[name + '_rules'] = milliseconds(time.dt, zones[zone]) if zone else found[name]
        found['zone'] = zone
    print(json.dumps(found))


main()
