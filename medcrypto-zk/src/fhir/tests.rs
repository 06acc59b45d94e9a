mod samples;
mod synthetic;
