-- A database for each service; the first one, registration, is made by the image itself.
CREATE DATABASE introductions;
CREATE DATABASE followup;
