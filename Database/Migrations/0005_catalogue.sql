-- room: Portal/Catalogue

create table ServerPlan (
    Code varchar(20) not null constraint PK_ServerPlan primary key,
    Name nvarchar(60) not null,
    Kind varchar(20) not null constraint CK_ServerPlan_Kind check (Kind in ('virtual', 'dedicated')),
    Vcpu int not null,
    MemoryMib int not null,
    DiskGib int not null,
    TransferGib int not null,
    Position int not null,
    Listed bit not null,
    constraint CK_ServerPlan_Sizes check (Vcpu > 0 and MemoryMib > 0 and DiskGib > 0 and TransferGib >= 0)
);

create table Region (
    Code varchar(20) not null constraint PK_Region primary key,
    Name nvarchar(60) not null,
    City nvarchar(60) not null,
    StateCode varchar(2) not null,
    Position int not null,
    IsOpen bit not null
);

create table Image (
    Code varchar(40) not null constraint PK_Image primary key,
    Name nvarchar(60) not null,
    Family nvarchar(40) not null,
    Alias varchar(80) not null,
    Position int not null,
    Listed bit not null
);
