"""Names that seeds are peopled with."""

PEOPLE = [
    "Amara Okafor", "Anneke de Vries", "Arjun Mehta", "Beatriz Souza", "Chen Wei", "Chloé Martin", "Daniel Weiss",
    "Elif Yılmaz", "Emma Lindqvist", "Farah Haddad", "Grace Kim", "Hannah Schmidt", "Hiroshi Tanaka", "Ingrid Berg",
    "Jakub Nowak", "Joana Ferreira", "Kwame Mensah", "Leila Rahimi", "Liam O’Connor", "Lucía Romero", "Marta Kovács",
    "Mateo Vargas", "Nadia Petrova", "Noah Williams", "Oluwaseun Adeyemi", "Priya Nair", "Rafael Costa", "Sofia Rossi",
    "Tomás Herrera", "Yuki Sato", "Zofia Zielińska", "Zara Ahmed",
]  # fmt: skip

COMPANIES = [
    "Alder & Finch", "Basalt Robotics", "Blue Heron Travel", "Cobalt Freight", "Driftwood Studio", "Elm Street Clinic",
    "Fennel Foods", "Granite Legal", "Harbour Insurance", "Indigo Textiles", "Juniper Energy", "Kestrel Aviation",
    "Lumen Optics", "Marlow Books", "Northwind Coffee", "Orchard Schools", "Pinecone Outdoor", "Quarry Construction",
    "Redwood Realty", "Saffron Kitchens", "Tidewater Bank", "Umber Ceramics", "Verdant Farms", "Willow Care",
]  # fmt: skip

CITIES = [
    "Amsterdam", "Austin", "Berlin", "Bogotá", "Dublin", "Lagos", "Lisbon", "Lyon", "Montréal", "Mumbai", "Nairobi",
    "Osaka", "Porto", "Seattle", "Singapore", "Stockholm", "Toronto", "Warsaw",
]  # fmt: skip
