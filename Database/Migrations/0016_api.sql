-- room: Portal/Api

create table IdempotencyRecord (
    AccountId varchar(30) not null,
    RequestKey varchar(100) not null,
    Fingerprint varchar(64) not null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null,
    Status int null,
    ContentType varchar(100) null,
    Location varchar(400) null,
    Body nvarchar(max) null,
    constraint PK_IdempotencyRecord primary key (AccountId, RequestKey)
);

create index IX_IdempotencyRecord_StartedAt on IdempotencyRecord (StartedAt);
