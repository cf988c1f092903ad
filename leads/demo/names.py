"""What people and companies of the demo are called. Every address ends in a reserved domain."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Land:
    """A country of the demo: how often leads come from it, and how people there are called."""

    code: str
    share: int
    region: str
    language: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    phone: str = ""
    """Format of numbers kept free for fiction, `{}` a running number; empty: no phone is given."""


def _land(
    code: str, share: int, region: str, language: str, first: str, last: str, phone: str = ""
) -> Land:
    return Land(code, share, region, language, tuple(first.split()), tuple(last.split()), phone)


LANDS = (
    _land(
        "US",
        44,
        "North America",
        "en",
        "Marcus Ana Grace Jonah Nadia Peter Elise Tom Priya Keiko Dana Owen Ruth Caleb Maya Victor"
        " Tessa Andre Naomi Luis Holly Ethan Carmen Wade",
        "Feld Ribeiro Whitfield Adler Rahman Lindgren Brandt Akintola Raman Tan Kessler Boyd Marsh"
        " Delgado Pierce Nakamura Holt Vance Okafor Sutton Barrett Lowe Quintero Hale",
        "+1212555{:04d}",
    ),
    _land(
        "CA",
        8,
        "North America",
        "en",
        "Claire Liam Simone Hugo Amrit Nora Felix Wren",
        "Tremblay MacLeod Gagnon Singh Beaulieu Fraser Chow Lavoie",
        "+1416555{:04d}",
    ),
    _land(
        "GB",
        13,
        "EMEA",
        "en",
        "Hannah Oliver Imogen Rhys Fiona Kwame Alice Callum Zara Hugh",
        "Osei Pemberton Hughes Sinclair Begum Ashworth Doyle Marlowe Bright Tate",
        "+4420794{:05d}",
    ),
    _land(
        "DE",
        8,
        "EMEA",
        "de",
        "Jürgen Anneke Lukas Sabine Florian Heike Moritz Käthe",
        "Vogel Schröder Brandt Köhler Weiß Lindner Böhm Kraus",
        "+493023125{:03d}",
    ),
    _land(
        "FR",
        6,
        "EMEA",
        "fr",
        "Élodie Benoît Camille Thibault Inès Mathieu Zoé",
        "Lefèvre Moreau Garnier Dupré Rousseau Hébert Pélissier",
    ),
    _land(
        "NL", 4, "EMEA", "nl", "Sanne Joost Femke Daan Lotte", "Visser Dekker Hoekstra Smits Prins"
    ),
    _land("ES", 3, "EMEA", "es", "Lucía Íñigo Marta Álvaro", "Serrano Ibáñez Peña Cuesta"),
    _land("IT", 3, "EMEA", "it", "Dario Chiara Luca Giulia", "Conti Ferrara Marchetti Greco"),
    _land("SE", 2, "EMEA", "sv", "Åsa Erik Linnéa Björn", "Lindqvist Sjöberg Åkesson Nyström"),
    _land("PL", 2, "EMEA", "pl", "Łukasz Agnieszka Paweł Zofia", "Wójcik Nowicka Szymański Dąbek"),
    _land(
        "BR",
        4,
        "LATAM",
        "pt",
        "Rafael Beatriz João Thaís Caio",
        "Moreno Araújo Conceição Prado Lima",
    ),
    _land("MX", 2, "LATAM", "es", "Ximena Raúl Sofía Joaquín", "Cárdenas Núñez Rivas Orozco"),
    _land("IN", 3, "APAC", "en", "Aditi Rohan Kavya Arjun", "Mehta Iyer Banerjee Kulkarni"),
    _land("SG", 1, "APAC", "en", "Mei-Ling Wei Jun Adrian", "Zhou Lim Koh Ng"),
    _land("AU", 2, "APAC", "en", "Bridie Lachlan Matilda Angus", "Callaghan Nolan Whitlam Drury"),
)

STEMS = (
    "Amber", "Anchor", "Aspen", "Atlas", "Beacon", "Birch", "Blue", "Bright", "Brook", "Cedar",
    "Cinder", "Clear", "Cobalt", "Copper", "Coral", "Crest", "Delta", "Dune", "East", "Echo",
    "Elm", "Ember", "Fair", "Fern", "Field", "Flint", "Forge", "Fox", "Gale", "Garnet", "Glen",
    "Gold", "Granite", "Green", "Harbor", "Hawk", "Hazel", "Heath", "High", "Iron", "Ivory",
    "Jade", "Juniper", "Keel", "Kestrel", "Lake", "Lark", "Linden", "Lumen", "Maple", "Marble",
    "Mill", "Mint", "Moss", "North", "Oak", "Ocean", "Olive", "Onyx", "Opal", "Orchard", "Otter",
    "Pearl", "Pine", "Plum", "Quarry", "Quill", "Raven", "Reed", "Ridge", "River", "Rowan",
    "Saffron", "Sage", "Sand", "Silver", "Slate", "Sparrow", "Spruce", "Sterling", "Stone",
    "Summit", "Swift", "Thorn", "Tide", "Timber", "Topaz", "Umber", "Vale", "Verdant", "Vista",
    "Water", "West", "Willow", "Wren", "Yarrow", "Zephyr",
)  # fmt: skip

TRADES: dict[str, tuple[str, ...]] = {
    "software": ("loop Systems", "stack", "works Software", "grid"),
    "fintech": ("pay", " Credit", "bank Payments", "ledger"),
    "ecommerce": (" Commerce", "cart", "market"),
    "logistics": (" Freight", "port Logistics", "parcel"),
    "manufacturing": (" Manufacturing", " Tools", " Components"),
    "energy": (" Energy", " Power"),
    "healthcare": (" Health", " Clinics"),
    "professional services": (" Advisory", " & Partners"),
    "retail": (" Retail", " Stores"),
    "education": (" Academy", " Learning"),
}
"""What a company of an industry is called after its first word."""

TRADE_SHARES = {
    "software": 24,
    "fintech": 20,
    "ecommerce": 14,
    "logistics": 9,
    "manufacturing": 9,
    "professional services": 8,
    "retail": 6,
    "healthcare": 4,
    "energy": 3,
    "education": 3,
}

BUYERS = (
    "CFO",
    "VP Finance",
    "Head of Finance Operations",
    "Director of Treasury",
    "Head of Payments",
    "Controller",
    "Finance Systems Manager",
    "Head of Accounting",
    "Revenue Operations Lead",
    "Director of Finance",
)
USERS = (
    "Finance Manager",
    "Senior Accountant",
    "Payments Product Lead",
    "Accounts Payable Lead",
    "Business Analyst",
    "Finance Analyst",
    "Operations Manager",
    "Office Manager",
)
STUDENTS = ("Student", "PhD student", "MBA student", "Student assistant")
